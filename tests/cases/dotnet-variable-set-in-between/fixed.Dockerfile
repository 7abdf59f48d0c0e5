FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY App.csproj ./
ARG RID=linux-x64
RUN dotnet restore -r $RID
COPY . .
RUN dotnet publish -c Release -r $RID -o /out

FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /out .
