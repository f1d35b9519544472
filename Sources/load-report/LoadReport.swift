import AlmaLoads
import ArgumentParser
import Calendar
import Command
import HTTPS
import RecordStream
import Stage
import StageErrors

@main
struct LoadReport: StageCommand {
  static let name = "load-report"
  static let settings: [Setting] =
    StageOptions.settings + AlmaOptions.settings
    + [.option("loads"), .option("since", use: .byHand), .option("max-rejected"), .option("expected-within")]
    + [.secret("ALMA_API_KEY")]
    + Setting.proxies
  static let configuration = describe(
    "Ask Alma what it did with the deliveries in a ledger or stream.",
    variables: ["ALMA_API_KEY: the API key, if there is no --api-key-file", "https_proxy, no_proxy: as curl has them"])

  @OptionGroup var options: StageOptions
  @OptionGroup var alma: AlmaOptions

  @Option(
    help: .init("Log in this file what was reported, and do not report it again.", valueName: "file"),
    completion: .file())
  var loads: String?

  @Option(
    help: .init("Ask about deliveries from this day on, in UTC; by default those of the last 7 days.", valueName: "day")
  )
  var since: Day?

  @Option(
    help: .init(
      "Name rejected people by the primary identifiers in this XML document or zip; may be repeated.", valueName: "file"
    ),
    completion: .file())
  var people: [String] = []

  @Option("Fail if a run has rejected more people than this.", "people", in: 0...)
  var maxRejected: Int?

  @Option(
    help: .init(
      "Fail if the job has not ended this long after a delivery, as 90m, 24h or 2d.",
      valueName: "duration"))
  var expectedWithin = WaitingTime("24h")!

  @Flag(help: "Check the key, find the job, and exit.")
  var check = false

  @Argument(
    help: .init("The ledger or stream; standard input if none is given.", valueName: "file"), completion: .file())
  var files: [String] = []

  func validate() throws {
    if check, !files.isEmpty { throw ValidationError("--check reads no ledger or stream") }
  }

  func run() throws {
    var runner = try StageRunner(Self.name, options)
    if check {
      var service = try JobService(try alma.service(), runner.diagnostics)
      try service.test()
      return try service.check(job: alma.job, on: runner.clock.now.day)
    }
    var load = LoadStage.Options()
    load.job = alma.job
    load.since = since
    load.loads = loads
    load.people = people
    load.counters = alma.counters ?? CounterNames()
    load.expectedWithin = expectedWithin.seconds
    load.maxRejected = maxRejected
    var stage = LoadStage(load, clock: runner.clock, diagnostics: runner.diagnostics) { try alma.service() }
    try runner.run(&stage, files: files) { stage in
      // Settings that are wrong are reported even if there is nothing to ask.
      _ = try alma.service()
      try stage.openFiles()
    }
  }
}

/// Alma's API, and the job that loads users.
struct AlmaOptions: ParsableArguments {
  @Option(help: .init("The host of Alma's API: https://api-na.hosted.exlibrisgroup.com.", valueName: "url"))
  var apiURL: String?

  @Option(
    help: .init("The file with the API key; without it, ALMA_API_KEY is used.", valueName: "file"),
    completion: .file())
  var apiKeyFile: String?

  @OptionGroup var secretFile: SecretFileOptions

  @Option(
    help: .init(
      "The id of the job that loads users, its name or the beginning of its name (default: Users SYNCHRONIZE using profile)",
      valueName: "job"))
  var job: String?

  @Option(
    help: .init(
      "The codes of counters, as 'rejected=CODE created=CODE', if the labels are not English.", valueName: "list"))
  var counters: CounterNames?

  @OptionGroup var certificates: CertificateOptions
  @OptionGroup var timeout: ConnectTimeoutOptions

  @Option("Give up a request after this many seconds with less than 100 bytes a second.", "seconds", in: 1...86_400)
  var stallTimeout = 60

  @OptionGroup var retries: RetryOptions

  static let settings: [Setting] =
    [
      .option("api-url", variable: "ALMA_API_URL"), .option("api-key-file", variable: "ALMA_API_KEY_FILE"),
      .option("job"), .option("counters"), .option("stall-timeout"),
    ] + SecretFileOptions.settings + CertificateOptions.settings + ConnectTimeoutOptions.settings
    + RetryOptions.settings

  /// How Alma is asked, with the key.
  func service() throws -> JobServiceOptions {
    guard let apiURL else {
      throw SettingError("no URL of Alma's API; give --api-url (ALMA_API_URL)")
    }
    guard let key = try secretFile.secret(in: apiKeyFile, orIn: "ALMA_API_KEY") else {
      throw SettingError("no API key for Alma; give --api-key-file (ALMA_API_KEY_FILE) or ALMA_API_KEY")
    }
    var service = try JobServiceOptions(
      api: try WebAddress(apiURL, from: "--api-url (ALMA_API_URL)"), key: key, retries: retries.limits)
    service.connection.caFile = certificates.caFile
    service.connection.connectTimeout = timeout.connectTimeout
    service.connection.stallTimeout = stallTimeout
    service.connection.maxTime = timeout.connectTimeout + stallTimeout
    return service
  }
}

extension CounterNames: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
