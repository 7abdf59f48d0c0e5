FROM node:20
WORKDIR /app

COPY package-lock.json package.json ./

RUN npm ci

# Everything
COPY . .

# Compile assets
RUN npm run build

# Later
CMD ["node", "index.js"]
