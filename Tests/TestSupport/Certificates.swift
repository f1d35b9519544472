import Foundation

/// A certificate authority for one test, and a server's certificate from it.
public enum Certificates {
  /// Makes `ca.crt`, and `server.crt` with `server.key`, for a host and for 127.0.0.1.
  public static func make(for host: String = "localhost", in directory: TemporaryDirectory) throws {
    try directory.write(
      "extensions",
      "subjectAltName=DNS:\(host)\(host == "localhost" ? ",IP:127.0.0.1" : "")\nbasicConstraints=CA:FALSE\n"
        + "extendedKeyUsage=serverAuth\n")
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    for arguments in [
      "req -x509 \(key) -days 2 -keyout ca.key -out ca.crt -subj /CN=authority",
      "req \(key) -keyout server.key -out server.csr -subj /CN=\(host)",
      "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt -extfile extensions",
    ] {
      let words = arguments.split(separator: " ").map(String.init)
      let outcome = try Executable(program: "/usr/bin/openssl").run(words, in: directory.url)
      guard outcome.status == 0 else { throw CocoaError(.executableLoad, userInfo: ["why": outcome.errors]) }
    }
  }
}
