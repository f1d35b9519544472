import ArgumentParser
import Command
import Curl
import Encodings
import HTTPS
import RecordStream
import Stage
import StageErrors

/// The URL that is told when a run begins and how it ended, as healthchecks.io and others have it. It is a secret:
/// whoever has it can tell that a run was good.
struct PingOptions: ParsableArguments {
  @Option(
    help: .init("With ping: the file with the URL; without it, ALMA_PEOPLE_PING is used.", valueName: "file"),
    completion: .file())
  var pingFile: String?

  @OptionGroup var secretFile: SecretFileOptions
  @OptionGroup var certificates: CertificateOptions

  static let settings: [Setting] =
    [.option("ping-file", variable: "ALMA_PEOPLE_PING_FILE"), .secret("ALMA_PEOPLE_PING")]
    + SecretFileOptions.settings + CertificateOptions.settings
    + Setting.proxies

  /// Two pings, of the start and of the end, take at most 10 seconds.
  private static let maxTime = 5

  /// Requests the URL with `/start`, or with `/STATUS` and standard input as the body. Does nothing if there is no URL.
  /// - Throws: an error without the URL.
  func send(_ event: String) throws {
    guard event == "start" || UInt8(event) != nil else {
      throw ValidationError("ping needs start, or an exit status from 0 to 255")
    }
    guard let secret = try secretFile.secret(in: pingFile, orIn: "ALMA_PEOPLE_PING") else { return }
    let address: WebAddress
    do { address = try WebAddress(secret.value.trimming(\.properties.isWhitespace), from: "ALMA_PEOPLE_PING") } catch {
      throw SettingError("ALMA_PEOPLE_PING has to be a URL that begins with https:// and has no password")
    }
    var options = HTTPSOptions()
    options.caFile = certificates.caFile
    // connectTimeout and stallTimeout together limit a request with a body; maxTime limits one without.
    (options.connectTimeout, options.stallTimeout, options.maxTime) = (3, Self.maxTime - 3, Self.maxTime)
    var client = try HTTPSClient(options)
    do {
      let body = event == "start" ? nil : try Self.message()
      let request = HTTPSRequest(
        address.appending(event), headers: ["Content-Type: text/plain; charset=utf-8"], body: body)
      let (response, _) = try client.send(request)
      guard (200..<300).contains(response.status) else { throw PingError(cause: "HTTP \(response.status)") }
    } catch HTTPSError.transfer(_, let error, let proxyStatus) {
      let proxy = proxyStatus >= 400 ? " (the proxy answered \(proxyStatus))" : ""
      throw PingError(cause: "\(error.cause)\(proxy)", exitStatus: error.exitStatus)
    } catch let error as HTTPSError { throw PingError(cause: "unexpected answer", exitStatus: error.exitStatus) }
  }

  /// The first 20 lines of standard input, each cut at 500 bytes.
  private static func message() throws -> String {
    var input = LineReader([])
    var lines: [String] = []
    while try input.advance(), lines.count < 20 {
      lines.append(
        input.withLine { line in String(decoding: line.indices.prefix(500).map { line[$0] }, as: UTF8.self) })
    }
    return lines.joined(separator: "\n")
  }
}

/// A ping that failed. The error does not have the URL.
struct PingError: StageError {
  let cause: String
  var exitStatus = ExitStatus.temporary

  var description: String { "the request to the URL of ALMA_PEOPLE_PING failed: \(cause)" }
}
