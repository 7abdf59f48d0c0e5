FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY Directory.Build.props Directory.Packages.props global.json nuget.config ./
COPY eng/common.props eng/
COPY src/Shop.Api/Shop.Api.csproj src/Shop.Api/
COPY src/Shop.Core/Shop.Core.csproj src/Shop.Core/
COPY src/Shop.Data/Shop.Data.csproj src/Shop.Data/
RUN dotnet restore "src/Shop.Api/Shop.Api.csproj" /p:UseAppHost=false
COPY . .

# the service only
RUN dotnet publish "src/Shop.Api/Shop.Api.csproj" -c Release -o /out /p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /out .
ENTRYPOINT ["dotnet", "Shop.Api.dll"]
