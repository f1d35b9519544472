import Stage
import Testing

@Suite struct DiagnosticsTests {
  @Test(arguments: [
    ("plain ä", "plain ä"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{1B}[31m", "\\u{1B}[31m"), ("\u{202E}x", "\\u{202E}x"),
    ("\u{2028}", "\\u{2028}"), ("\u{7F}\u{9B}", "\\u{7F}\\u{9B}"),
  ])
  func `a message is one line that cannot change a terminal`(text: String, escaped: String) {
    #expect(Diagnostics.escaped(text) == escaped)
  }
}
