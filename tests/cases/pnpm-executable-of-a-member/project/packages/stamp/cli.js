#!/usr/bin/env node
console.log('stamped', process.argv[2]);
