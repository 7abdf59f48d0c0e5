FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY Feed.csproj .
COPY packages.lock.json ./
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -o /out --no-restore

FROM mcr.microsoft.com/dotnet/runtime:8.0
COPY --from=build /out /app
ENTRYPOINT ["dotnet", "/app/Feed.dll"]
