FROM mcr.microsoft.com/dotnet/sdk:8.0-alpine AS build
ARG TARGETARCH
WORKDIR /src
COPY Tool/Tool.csproj Tool/
RUN dotnet restore Tool/Tool.csproj -a $TARGETARCH -p:SelfContained=true -p:PublishTrimmed=true
COPY . .
RUN dotnet publish Tool/Tool.csproj -c Release -a $TARGETARCH --self-contained true -p:PublishTrimmed=true -o /out

FROM alpine:3.20
COPY --from=build /out /opt/tool
