/** Holds five hundred connections to an API, which say nothing, or drip. Run: node slow-callers.ts <port>; says "open" when they are. */
import { connect, type Socket } from 'node:net'

const SLOW = 500
const port = Number(process.argv[2])
const head = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`
const KINDS: readonly string[] = [
  '',
  `${head('/api/v0/version')}X-Slow: `,
  `${head('/api/v0/block/put')}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n` +
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
]

const sockets = new Set<Socket>()
let isTold = false

/** One that is closed comes back: an attacker does not give up. */
function open(text: string): void {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(text)
    sockets.add(socket)
    if (sockets.size < SLOW * 0.9 || isTold) return
    isTold = true
    process.stdout.write('open\n')
  })
  socket.on('error', () => undefined).resume()
  socket.on('close', () => {
    sockets.delete(socket)
    setTimeout(() => open(text), 100)
  })
}

for (let count = 0; count < SLOW; count++) open(KINDS[count % KINDS.length] ?? '')
setInterval(() => {
  for (const socket of sockets) if (socket.writable) socket.write('x')
}, 500)
