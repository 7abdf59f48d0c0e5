FROM node:20 AS build
WORKDIR /app
# what to install
COPY package.json package-lock.json ./

# all of it
RUN npm ci

# the program
COPY src ./src

# compile
RUN npm run build

FROM nginx:1.27
COPY --from=build /app/dist /usr/share/nginx/html
