require('fs').mkdirSync('dist', { recursive: true });
require('fs').writeFileSync('dist/server.js', 'console.log("up")\n');
