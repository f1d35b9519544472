import CCurl
import Curl
import StageSupport

/// Where a mail server is.
struct SMTPAddress {
  /// For libcurl, with its port.
  let url: String
  /// For people: `mail.example.edu port 587`.
  let place: String

  init(_ text: String) throws(SettingError) {
    guard let url = CurlURL(text), let scheme = url[CURLUPART_SCHEME], ["smtp", "smtps"].contains(scheme),
      let host = url[CURLUPART_HOST], !host.isEmpty
    else { throw Self.wrong(text, "write smtp://host[:port] or smtps://host[:port]") }
    guard url[CURLUPART_USER] == nil, url[CURLUPART_PASSWORD] == nil else {
      throw SettingError("--smtp: the user goes into SMTP_USER, not into the URL", exitStatus: .usage)
    }
    guard [nil, "", "/"].contains(url[CURLUPART_PATH]), url[CURLUPART_QUERY] == nil, url[CURLUPART_FRAGMENT] == nil
    else { throw Self.wrong(text, "nothing may follow host and port") }
    // libcurl's own port for smtp is 25, where servers talk to one another.
    let digits = text.split(separator: "/").last?.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    let isGiven = !digits.isEmpty && digits.allSatisfy(\.isNumber) && text.contains(":\(digits)") && digits != host
    let port = isGiven ? url[CURLUPART_PORT] ?? "" : scheme == "smtps" ? "465" : "587"
    self.url = "\(scheme)://\(host):\(port)"
    place = "\(host) port \(port)"
  }

  private static func wrong(_ text: String, _ why: String) -> SettingError {
    SettingError("--smtp: '\(text)' is no address of a mail server; \(why)", exitStatus: .usage)
  }
}
