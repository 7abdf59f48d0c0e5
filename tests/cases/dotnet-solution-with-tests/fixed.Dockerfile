FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY Blog.sln ./
COPY src/Web/Web.csproj src/Web/
COPY tests/Web.Tests/Web.Tests.csproj tests/Web.Tests/
RUN dotnet restore
COPY . .
RUN dotnet test --no-restore
RUN dotnet publish src/Web -c Release -o /out --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /out .
