package import ArgumentParser
package import Stage

/// How temporary failures are retried.
package struct RetryOptions: ParsableArguments {
  @Option("Retry temporary failures at most this many times.", "times", in: 0...1000)
  package var retries = 4

  @Option("Begin no retry later than this many seconds after the first try.", "seconds", in: 0...86_400)
  package var retryMaxTime = 60

  package init() {}

  package static let settings: [Setting] = [.option("retries"), .option("retry-max-time")]

  package var limits: RetryLimits { RetryLimits(retries: retries, maxTime: retryMaxTime) }
}

/// The certificates that a TLS server is checked with.
package struct CertificateOptions: ParsableArguments {
  @Option(file: "Trust the certificates in this file, in place of the system's.")
  package var caFile: String?

  package init() {}

  package static let settings: [Setting] = [.option("ca-file")]
}

/// How long a connection may take.
package struct ConnectTimeoutOptions: ParsableArguments {
  @Option("Give up if not connected within this many seconds.", "seconds", in: 1...86_400)
  package var connectTimeout = 30

  package init() {}

  package static let settings: [Setting] = [.option("connect-timeout")]
}

/// How secrets are read from files.
package struct SecretFileOptions: ParsableArguments {
  @Flag(help: "Read secrets also from files that other users can read.")
  package var insecureSecretFile = false

  package init() {}

  package static let settings: [Setting] = [.switch("insecure-secret-file")]

  /// The secret in a file, or in a credential of systemd.
  /// - Throws: also if every user of the machine can read the file, unless the flag is given.
  package func secret(in path: String) throws -> Secret {
    try Secret(contentsOf: Secret.path(of: path), allowsReadable: insecureSecretFile)
  }

  /// The secret in a file, or else in a variable; nil if neither is given.
  package func secret(in file: String?, orIn variable: String) throws -> Secret? {
    if let file { return try secret(in: file) }
    return Environment.value(variable).map(Secret.init)
  }
}

extension Option where Value == Int {
  /// An option whose value is a whole number within a range.
  package init(wrappedValue: Int, _ abstract: String, _ unit: String, in range: ClosedRange<Int>) {
    self.init(
      wrappedValue: wrappedValue, help: .init("\(abstract) (default: \(wrappedValue))", valueName: unit),
      transform: number("from \(range.lowerBound) to \(range.upperBound)", isAllowed: range.contains))
  }
}

extension Option where Value == Int? {
  /// An option without default whose value is a whole number with a minimum.
  package init(_ abstract: String, _ unit: String, in range: PartialRangeFrom<Int>) {
    self.init(
      help: .init(abstract, valueName: unit),
      transform: number("of \(range.lowerBound) or more", isAllowed: range.contains))
  }
}

extension Option where Value == String? {
  /// An option whose value is the path of a file.
  package init(file abstract: String, _ valueName: String = "file") {
    self.init(help: .init(abstract, valueName: valueName), completion: .file())
  }

  /// An option whose value is the path of a directory.
  package init(directory abstract: String) {
    self.init(help: .init(abstract, valueName: "directory"), completion: .directory)
  }
}

extension Argument where Value == [String] {
  /// The files to read.
  package init(wrappedValue: [String], files abstract: String) {
    self.init(wrappedValue: wrappedValue, help: .init(abstract, valueName: "file"), completion: .file())
  }
}

extension Option where Value == Double? {
  /// An option without default whose value is a percentage.
  /// - Parameter limit: the highest value; nil if there is none.
  package init(percentage abstract: String, upTo limit: Double?) {
    let range = limit.map { "from 0 to \(Int($0))" } ?? "of 0 or more"
    self.init(
      help: .init(abstract, valueName: "percent"),
      transform: number(range) { $0 >= 0 && $0 <= limit ?? .greatestFiniteMagnitude })
  }
}

private func number<Value: LosslessStringConvertible & SendableMetatype>(
  _ range: String, isAllowed: @escaping @Sendable (Value) -> Bool
) -> @Sendable (String) throws -> Value {
  { text in
    guard let value = Value(text), isAllowed(value) else { throw ValidationError("it has to be a number \(range)") }
    return value
  }
}
