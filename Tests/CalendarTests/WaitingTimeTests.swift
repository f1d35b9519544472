import Calendar
import Testing

@Suite struct WaitingTimeTests {
  @Test(arguments: [("90m", 5400), ("24h", 86_400), ("2d", 172_800), ("0s", 0), ("5400s", 5400)])
  func `a number and a unit are a time`(text: String, seconds: Int) {
    #expect(WaitingTime(text)?.seconds == seconds)
    #expect(WaitingTime(text)?.description == text)
  }

  @Test(arguments: ["", "24", "h", "-1h", "1.5h", "24 h", "24hours", "1234567890s", "٣h"])
  func `any other text is refused`(text: String) {
    #expect(WaitingTime(text) == nil)
  }
}
