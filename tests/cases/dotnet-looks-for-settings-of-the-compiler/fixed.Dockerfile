FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY Directory.Build.props ./
COPY app/app.csproj app/
COPY lib/lib.csproj lib/
RUN dotnet restore app/app.csproj
COPY . .
RUN dotnet build app/app.csproj --no-restore
