// Loaded into a server before the program: something of its own fails soon after it listens.
const { Server } = require('node:net');
const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  this.once('listening', () => {
    setTimeout(() => {
      throw new Error('broken on purpose');
    }, 500);
  });
  return listen.apply(this, args);
};
