module.exports = () => new Date();
