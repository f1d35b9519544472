// What the two C++ peers share: people read with simdjson's On-Demand parser, and the choices of the mapping.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <unordered_map>
#include <vector>

using std::string_view;

[[noreturn]] inline void fail(const char *what) {
  std::fprintf(stderr, "to_xml: %s\n", what);
  std::exit(65);
}

// The members that the mapping reads. Those of an address follow each other, line 1 to country.
enum Field {
  emplid, campus_id, barcode, eligibility, current_status, department, group, category, expires, purge,
  first_name, last_name, middle_name, campus_email, home_email,
  campus_address, home_address = campus_address + 8, dormitory_address = home_address + 8,
  permanent_address = dormitory_address + 8, field_count = permanent_address + 8
};

inline std::unordered_map<std::string, int> field_numbers() {
  std::unordered_map<std::string, int> numbers = {
      {"EMPLID", emplid}, {"CAMPUS_ID", campus_id}, {"PU_BARCODE", barcode}, {"ELIGIBLE_INELIGIBLE", eligibility},
      {"VCURSTATUS", current_status}, {"DEPTID", department}, {"PVPATRONGROUP", group}, {"PVSTATCATEGORY", category},
      {"PATRON_EXPIRATION_DATE", expires}, {"PATRON_PURGE_DATE", purge}, {"PRF_OR_PRI_FIRST_NAM", first_name},
      {"PRF_OR_PRI_LAST_NAME", last_name}, {"PRF_OR_PRI_MIDDLE_NAME", middle_name}, {"CAMP_EMAIL", campus_email},
      {"HOME_EMAIL", home_email}};
  const std::pair<const char *, int> prefixes[] = {
      {"CAMP_", campus_address}, {"HOME_", home_address}, {"DORM_", dormitory_address}, {"PERM_", permanent_address}};
  const char *parts[] = {"ADDRESS1", "ADDRESS2", "ADDRESS3", "ADDRESS4", "CITY", "STATE", "POSTAL", "COUNTRY"};
  for (auto [prefix, first] : prefixes)
    for (int part = 0; part < 8; part++) numbers[std::string(prefix) + parts[part]] = first + part;
  return numbers;
}

// The length of the white space character (Unicode White_Space) that `text` begins with, else 0.
inline size_t space_at_start(string_view text) {
  if (text.empty()) return 0;
  unsigned char first = text[0];
  if (first == ' ' || (first >= '\t' && first <= '\r')) return 1;
  if (first < 0xC2) return 0;
  static const string_view spaces[] = {
      "\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
  for (string_view space : spaces)
    if (text.substr(0, space.size()) == space) return space.size();
  bool general = text.size() >= 3 && text.substr(0, 2) == "\xE2\x80" && (unsigned char)text[2] >= 0x80 && (unsigned char)text[2] <= 0x8A;
  return general ? 3 : 0;
}

inline string_view trimmed(string_view text) {
  auto is_plain = [](unsigned char byte) { return byte > ' ' && byte < 0x80; };
  if (!text.empty() && is_plain(text.front()) && is_plain(text.back())) return text;
  while (size_t length = space_at_start(text)) text.remove_prefix(length);
  for (;;) {
    if (text.empty()) return text;
    size_t length = 1;  // of the last character
    while (length < 4 && length < text.size() && (text[text.size() - length] & 0xC0) == 0x80) length++;
    if (!space_at_start(text.substr(text.size() - length))) return text;
    text.remove_suffix(length);
  }
}

// A person's values, trimmed; blank where there is none. They last until the next person is read.
struct Person {
  std::array<string_view, field_count> values;

  string_view operator[](int field) const { return values[field]; }

  bool is_undergraduate() const { return values[group] == "UGRD" || values[group] == "SENR"; }

  string_view user_group() const {
    static const string_view library[] = {"41000", "41004", "41006", "41014", "10001", "41032", "41034", "26700"};
    bool is_library_staff = std::find(std::begin(library), std::end(library), values[department]) != std::end(library);
    return is_library_staff ? "LIB" : values[group];
  }

  string_view status() const {
    if (values[eligibility].empty()) return {};
    return values[eligibility] == "E" ? "ACTIVE" : "INACTIVE";
  }

  string_view expiry_date(string_view today) const {
    if (!values[expires].empty()) return values[expires];
    return values[eligibility] != "E" && values[current_status] != "RETR" ? today : string_view();
  }
};

class PersonParser {
  simdjson::ondemand::parser parser;
  std::unordered_map<std::string, int> numbers = field_numbers();
  // The keys of the first person, in its order: most feeds give every person the same.
  std::vector<std::pair<std::string, int>> expected;
  bool has_learned = false;

  int number_of(const std::string &key) const {
    auto found = numbers.find(key);
    return found == numbers.end() ? -1 : found->second;
  }

public:
  // `line` must have simdjson's padding behind it.
  void parse(string_view line, Person &person) {
    person.values.fill({});
    simdjson::ondemand::document document;
    if (parser.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING).get(document)) fail("malformed JSON");
    simdjson::ondemand::object object;
    if (document.get_object().get(object)) fail("not an object");
    size_t position = 0;
    for (auto result : object) {
      simdjson::ondemand::field field;
      if (std::move(result).get(field)) fail("malformed JSON");
      int number = field_of(field, position++);
      if (number >= 0) person.values[number] = text(field.value());
    }
    has_learned = true;
  }

private:
  int field_of(simdjson::ondemand::field &field, size_t position) {
    const char *raw = field.key().raw();
    if (position < expected.size()) {
      const auto &[key, number] = expected[position];
      if (!std::memcmp(raw, key.data(), key.size()) && raw[key.size()] == '"') return number;
    }
    string_view key;
    if (field.unescaped_key().get(key)) fail("malformed JSON");
    int number = number_of(std::string(key));
    if (!has_learned) expected.emplace_back(key, number);
    return number;
  }

  static string_view text(simdjson::ondemand::value &value) {
    simdjson::ondemand::json_type type;
    if (value.type().get(type)) fail("malformed JSON");
    if (type == simdjson::ondemand::json_type::string) {
      string_view string;
      if (value.get_string().get(string)) fail("malformed string");
      return trimmed(string);
    }
    if (type == simdjson::ondemand::json_type::number) return trimmed(value.raw_json_token());
    if (type == simdjson::ondemand::json_type::null) return {};
    fail("wrong type");
  }
};

// Calls `body` for each person of the file, one a line.
template <typename Body> void for_each_person(const char *path, Body body) {
  int file = path ? open(path, O_RDONLY) : STDIN_FILENO;
  if (file < 0) fail("cannot open the people");
  std::vector<char> buffer(256 * 1024 + simdjson::SIMDJSON_PADDING);
  size_t filled = 0;
  PersonParser parser;
  Person person;
  for (;;) {
    size_t space = buffer.size() - simdjson::SIMDJSON_PADDING - filled;
    if (space == 0) {
      buffer.resize(buffer.size() * 2);
      continue;
    }
    ssize_t count = read(file, buffer.data() + filled, space);
    if (count < 0) fail("cannot read the people");
    if (count == 0) break;
    filled += count;
    char *start = buffer.data(), *end = start + filled;
    while (char *newline = static_cast<char *>(std::memchr(start, '\n', end - start))) {
      parser.parse(string_view(start, newline - start), person);
      body(person);
      start = newline + 1;
    }
    filled = end - start;
    std::memmove(buffer.data(), start, filled);
  }
  if (filled > 0) fail("the last line is cut");
}

struct Options {
  string_view today;
  const char *file = nullptr;

  Options(int count, char **arguments) {
    if (count < 3 || std::strcmp(arguments[1], "--today")) fail("usage: --today YYYY-MM-DD [FILE]");
    today = arguments[2];
    if (count > 3) file = arguments[3];
  }
};
