import Calendar
import RecordStream
import TestSupport
import Testing

@Suite struct LedgerTests {
  private func ledger(_ text: String) throws -> Ledger {
    let directory = try TemporaryDirectory()
    return try Ledger(path: directory.write("ledger", text))
  }

  private func line(_ outcome: String, _ status: String, _ until: String, _ more: String = "") -> String {
    #"{"kind":"delivery","outcome":"\#(outcome)","status":"\#(status)","since":"2026-11-01","until":"\#(until)"\#(more)}"#
      + "\n"
  }

  @Test func `a ledger that is missing means no window yet`() throws {
    #expect(try Ledger(path: "/nonexistent/ledger").records.isEmpty)
  }

  @Test func `delivered, already-there and empty windows count, failed and partial ones do not`() throws {
    let text =
      line("delivered", "E", "2026-11-02") + line("empty", "E", "2026-11-03") + line("already-there", "E", "2026-11-04")
      + line("failed", "E", "2026-11-05") + line("delivered", "E", "2026-11-06", #","partial":true"#)
      + line("delivered", "I", "2026-11-07")
    #expect(try ledger(text).lastDay(status: "E") == Day("2026-11-04"))
    #expect(try ledger(text).lastDay(status: "I") == Day("2026-11-07"))
  }

  @Test func `a last line that is cut is ignored`() throws {
    let whole = line("delivered", "E", "2026-11-02")
    #expect(
      try ledger(whole + line("delivered", "E", "2026-11-03").dropLast(9)).lastDay(status: "E") == Day("2026-11-02"))
  }
}
