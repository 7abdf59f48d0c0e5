FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY App.csproj ./
RUN dotnet restore -r linux-x64 -p:SelfContained=true
COPY . .
RUN dotnet publish -c Release -r linux-x64 --self-contained -o /out
