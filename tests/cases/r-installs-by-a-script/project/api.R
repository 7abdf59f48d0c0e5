#* @get /
function() "ok"
