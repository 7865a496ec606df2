// An HTTP/2 server over TLS: `node h2_server.js FOLDER`, with good.pem in FOLDER. Prints `h2 PORT`, and ends with
// its standard input.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const path = require('path');

const pem = fs.readFileSync(path.join(process.argv[2], 'good.pem'));
const server = http2.createSecureServer({ cert: pem, key: pem });
let sessions = 0;
server.on('session', (session) => {
  session.number = ++sessions;
  session.on('error', () => {});
});
server.on('sessionError', () => {});
server.on('stream', (stream, headers) => {
  const number = stream.session.number;
  const answer = () => {
    if (stream.destroyed) return;
    stream.respond({ ':status': 200, 'content-type': 'text/plain', 'cache-control': 'no-store' });
    stream.end(`session ${number}`);
  };
  stream.on('error', () => {});
  switch (headers[':path']) {
    case '/late': return setTimeout(answer, 100);
    case '/never': return undefined;
    case '/reset': return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    case '/huge': {
      stream.respond({ ':status': 200 });
      const more = () => { while (stream.write(Buffer.alloc(65536))); };
      stream.on('drain', more);
      return more();
    }
    default: return answer();
  }
});
server.listen(0, '127.0.0.1', () => console.log(`h2 ${server.address().port}`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
