import Foundation
import TestSupport

/// nginx on loopback, with a token and a feed, over TLS and HTTP/2.
final class NginxServer {
  private let directory: TemporaryDirectory
  private let port: Int
  private let process = Process()

  /// - Parameter feed: the body that it serves, packed, to whoever asks by HTTP/2.
  init(feed: String) throws {
    directory = try TemporaryDirectory()
    port = try Self.freePort()
    try Certificates.make(in: directory)
    try directory.write("feed", feed)
    // Where the tests run as root, the workers of nginx are nobody.
    unsafe chmod(directory.url.path, 0o711)
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path temp;" }.joined()
    try directory.write(
      "nginx.conf",
      """
      daemon off; pid nginx.pid; worker_processes 1; error_log stderr notice;
      events { worker_connections 64; }
      http {
        \(temporary) access_log off; default_type application/json;
        server {
          listen 127.0.0.1:\(port) ssl http2;
          ssl_certificate server.crt; ssl_certificate_key server.key; ssl_protocols TLSv1.2 TLSv1.3;
          location = /token { return 200 '{"access_token":"tok123","token_type":"Bearer"}'; }
          location = /feed/E {
            if ($server_protocol != HTTP/2.0) { return 505; }
            if ($http_accept_encoding != gzip) { return 406; }
            if ($http_authorization != "Bearer tok123") { return 401; }
            gzip on; gzip_min_length 1; gzip_types application/json; alias \(directory.path("feed"));
          }
        }
      }
      """)
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/sbin/nginx")
    process.arguments = ["-p", directory.url.path, "-c", "nginx.conf", "-e", "stderr"]
    process.standardError = errors
    try process.run()
    // By then it listens.
    var said = ""
    while !said.contains("start worker processes") {
      let more = errors.fileHandleForReading.availableData
      guard !more.isEmpty else { throw CocoaError(.executableLoad, userInfo: ["why": said]) }
      said += String(decoding: more, as: UTF8.self)
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  var url: String { "https://localhost:\(port)" }
  var authority: String { directory.path("ca.crt") }

  /// A port that nobody had a moment ago.
  static func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard unsafe bind(socket, pointer, size) == 0, unsafe getsockname(socket, pointer, &size) == 0 else { return 0 }
        return Int(
          UInt16(bigEndian: unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
      }
    }
    guard port > 0 else { throw CocoaError(.executableLoad) }
    return port
  }
}
