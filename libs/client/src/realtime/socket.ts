// The one module that needs socket.io-client: imported on first use, so that applications without realtime never load it.
export { io } from 'socket.io-client'
