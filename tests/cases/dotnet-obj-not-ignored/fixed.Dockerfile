FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY App.csproj ./
RUN dotnet restore App.csproj
COPY . .
RUN dotnet build App.csproj --no-restore
CMD ["dotnet", "run", "--no-build"]
