console.log(require('dates')());
