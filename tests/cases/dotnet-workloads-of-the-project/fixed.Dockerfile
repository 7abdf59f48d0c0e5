FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY Client.csproj ./
RUN dotnet workload restore
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -o /out
