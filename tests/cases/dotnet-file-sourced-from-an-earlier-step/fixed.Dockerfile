FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
RUN echo RID=linux-x64 > /tmp/rid.txt
WORKDIR /src
COPY Api/Api.csproj Api/
COPY Core/Core.csproj Core/
WORKDIR /src/Api
RUN . /tmp/rid.txt && dotnet restore -r $RID
WORKDIR /src
COPY . .
WORKDIR /src/Api
RUN . /tmp/rid.txt && dotnet publish -c Release --no-restore -r $RID -o /out

FROM mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /app
COPY --from=build /out .
