import Stage
import StageErrors
import Testing

private struct Away: StageError {
  var exitStatus = ExitStatus.temporary
  var retryAfter: Duration?
  var description: String { "the server is away" }
}

@Suite struct RetriesTests {
  private let diagnostics = Diagnostics(program: "test")

  @Test func `only temporary failures are retried`() {
    var tries = 0
    var retries = Retries(RetryLimits(retries: 3, maxTime: 60), diagnostics)
    #expect(throws: Away.self) {
      try retries.run {
        tries += 1
        throw Away(exitStatus: .refused)
      }
    }
    #expect(tries == 1)
  }

  @Test func `the error tells how often the work was tried`() {
    var retries = Retries(RetryLimits(retries: 1, maxTime: 60), diagnostics)
    #expect { try retries.run { throw Away() } } throws: { error in
      "\(error)".hasPrefix("the server is away (tried 2 times in ")
    }
  }

  @Test func `work that succeeds the second time succeeds`() throws {
    var tries = 0
    var retries = Retries(RetryLimits(retries: 1, maxTime: 60), diagnostics)
    let result = try retries.run {
      tries += 1
      if tries == 1 { throw Away() }
      return tries
    }
    #expect(result == 2)
  }

  @Test func `no retry is begun after the maximum time, nor before a server allows it`() {
    var retries = Retries(RetryLimits(retries: 5, maxTime: 0), diagnostics)
    #expect { try retries.run { throw Away() } } throws: { "\($0)" == "the server is away (tried once)" }
    var patient = Retries(RetryLimits(retries: 5, maxTime: 60), diagnostics)
    #expect { try patient.run { throw Away(retryAfter: .seconds(90)) } } throws: { error in
      "\(error)".contains("tried once") && "\(error)".contains("90 s")
    }
  }
}
