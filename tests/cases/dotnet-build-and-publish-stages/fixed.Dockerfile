FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY Web/Web.csproj Web/
RUN dotnet restore Web/Web.csproj
COPY . .
RUN dotnet build Web/Web.csproj -c Release

FROM build AS publish
RUN dotnet publish Web/Web.csproj -c Release -o /out

FROM mcr.microsoft.com/dotnet/aspnet:8.0
COPY --from=publish /out /app
