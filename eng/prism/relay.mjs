// The upstream of the validating proxies: gives back the answer that the request brings along, as the sandbox gave it. Listens on
// 127.0.0.1 and prints its port.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    const { status, headers, body } = JSON.parse(Buffer.from(request.headers["x-recorded-answer"], "base64").toString("utf8"));
    response.writeHead(status, headers);
    response.end(Buffer.from(body, "base64"));
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
