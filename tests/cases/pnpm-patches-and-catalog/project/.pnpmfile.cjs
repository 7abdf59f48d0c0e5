module.exports = { hooks: { readPackage: (pkg) => pkg } };
