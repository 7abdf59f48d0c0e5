exports.need = 18
