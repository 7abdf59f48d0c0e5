const { need } = require('./versions.js')
if (parseInt(process.versions.node) < need) process.exit(1)
