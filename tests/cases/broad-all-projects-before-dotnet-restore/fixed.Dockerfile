FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /build
COPY Shop.sln ./
COPY src/Shop/Shop.csproj src/Shop/
RUN dotnet restore Shop.sln
COPY src ./src
RUN dotnet publish src/Shop/Shop.csproj -c Release -o /out --no-restore
