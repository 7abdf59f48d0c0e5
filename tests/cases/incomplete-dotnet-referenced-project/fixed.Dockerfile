FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY a/a.csproj a/
COPY b/b.csproj b/
RUN dotnet restore a/a.csproj
COPY . .
RUN dotnet publish a/a.csproj -o /out
