FROM node:20
WORKDIR /app
COPY package-lock.json package.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN npm ci --omit=dev
CMD ["node", "index.js"]
