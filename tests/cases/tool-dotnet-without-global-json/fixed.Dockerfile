FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
RUN dotnet tool install --global dotnet-ef --version 8.0.0
COPY . .
