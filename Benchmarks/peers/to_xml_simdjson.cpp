// People, one a line, to an Alma <users> document on stdout: simdjson, and XML written by hand. The bound.
//
// usage: to_xml_simdjson --today YYYY-MM-DD [FILE]

#include "people.hpp"

class Output {
  static constexpr size_t capacity = 256 * 1024;
  char buffer[capacity];
  size_t filled = 0;

public:
  Output() {
    std::fill(is_special.begin(), is_special.begin() + ' ', true);
    for (unsigned char byte : {'&', '<', '>', '"'}) is_special[byte] = true;
  }
  ~Output() { flush(); }

  void flush() {
    for (size_t written = 0; written < filled;) {
      ssize_t count = write(STDOUT_FILENO, buffer + written, filled - written);
      if (count < 0) fail("cannot write");
      written += count;
    }
    filled = 0;
  }

  void put(string_view text) {
    while (text.size() > capacity - filled) {
      size_t part = capacity - filled;
      std::memcpy(buffer + filled, text.data(), part);
      filled = capacity;
      text.remove_prefix(part);
      flush();
    }
    std::memcpy(buffer + filled, text.data(), text.size());
    filled += text.size();
  }

  template <bool in_attribute> void put_escaped(string_view text) {
    const char *start = text.data(), *end = start + text.size();
    for (const char *next = start; next < end; next++) {
      if (!is_special[(unsigned char)*next]) continue;
      string_view escape = escape_of<in_attribute>(*next);
      if (escape.empty()) continue;
      put(string_view(start, next - start));
      put(escape);
      start = next + 1;
    }
    put(string_view(start, end - start));
  }

private:
  std::array<bool, 256> is_special{};

  template <bool in_attribute> static string_view escape_of(char byte) {
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\r': return "&#13;";
    case '\t': return in_attribute ? "&#9;" : "";
    case '\n': return in_attribute ? "&#10;" : "";
    }
    fail("a character that XML forbids");
  }
};

static Output output;

// <name>value</name>; nothing where the value is blank. `opening` is `<name>`.
static void put_element(string_view opening, string_view value) {
  if (value.empty()) return;
  output.put(opening);
  output.put_escaped<false>(value);
  output.put("</");
  output.put(opening.substr(1));
}

static void put_address(const Person &person, int first, bool is_preferred, string_view types) {
  static const string_view openings[] = {
      "<line1>", "<line2>", "<line3>", "<line4>", "<city>", "<state_province>", "<postal_code>", "<country>"};
  output.put(is_preferred ? "<address preferred=\"true\" segment_type=\"External\">"
                          : "<address preferred=\"false\" segment_type=\"External\">");
  for (int part = 0; part < 8; part++) put_element(openings[part], person[first + part]);
  output.put(types);
}

static void put_addresses(const Person &person) {
  static const string_view home = "<address_types><address_type desc=\"Home\">home</address_type></address_types></address>";
  static const string_view work = "<address_types><address_type desc=\"Work\">work</address_type></address_types></address>";
  static const string_view school = "<address_types><address_type desc=\"School\">school</address_type></address_types></address>";
  bool is_undergraduate = person.is_undergraduate();
  int first = is_undergraduate ? dormitory_address : campus_address;
  int second = is_undergraduate ? permanent_address : home_address;
  bool has_first = !person[first].empty(), has_second = !person[second].empty();
  if (!has_first && !has_second) return;
  output.put("<addresses>");
  if (has_first) put_address(person, first, true, is_undergraduate ? school : work);
  if (has_second) put_address(person, second, !has_first, home);
  output.put("</addresses>");
}

static void put_email(string_view address, string_view types) {
  output.put("<emails><email preferred=\"true\" segment_type=\"External\">");
  put_element("<email_address>", address);
  output.put(types);
}

static void put_contact(const Person &person) {
  bool is_undergraduate = person.is_undergraduate();
  bool has_address = !person[is_undergraduate ? dormitory_address : campus_address].empty() ||
                     !person[is_undergraduate ? permanent_address : home_address].empty();
  bool has_campus_email = !person[campus_email].empty();
  if (!has_address && !has_campus_email && person[home_email].empty()) return;
  output.put("<contact_info>");
  put_addresses(person);
  if (has_campus_email)
    put_email(person[campus_email], "<email_types><email_type desc=\"Work\">work</email_type></email_types></email></emails>");
  else if (!person[home_email].empty())
    put_email(person[home_email], "<email_types><email_type desc=\"Personal\">personal</email_type></email_types></email></emails>");
  output.put("</contact_info>");
}

static void put_identifier(string_view value, string_view type) {
  if (value.empty()) return;
  output.put("<user_identifier segment_type=\"External\">");
  put_element("<value>", value);
  output.put(type);
}

static void put_identifiers(const Person &person) {
  if (person[barcode].empty() && person[campus_id].empty()) return;
  output.put("<user_identifiers>");
  put_identifier(person[barcode], "<id_type desc=\"Barcode\">BARCODE</id_type><status>ACTIVE</status></user_identifier>");
  put_identifier(person[campus_id], "<id_type desc=\"NetID\">NET_ID</id_type><status>ACTIVE</status></user_identifier>");
  output.put("</user_identifiers>");
}

static void put_statistics(string_view category) {
  if (category.empty()) return;
  output.put("<user_statistics><user_statistic segment_type=\"External\"><statistic_category desc=\"");
  output.put_escaped<true>(category);
  output.put("\">");
  output.put_escaped<false>(category);
  output.put("</statistic_category></user_statistic></user_statistics>");
}

int main(int count, char **arguments) {
  Options options(count, arguments);
  output.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<users>\n");
  for_each_person(options.file, [&](const Person &person) {
    output.put("<user>");
    put_element("<expiry_date>", person.expiry_date(options.today));
    put_element("<purge_date>", person[purge]);
    put_element("<status>", person.status());
    put_statistics(person[category]);
    put_element("<user_group>", person.user_group());
    put_element("<primary_id>", person[emplid]);
    put_element("<first_name>", person[first_name]);
    put_element("<last_name>", person[last_name]);
    put_element("<middle_name>", person[middle_name]);
    put_contact(person);
    put_identifiers(person);
    output.put("</user>\n");
  });
  output.put("</users>\n");
}
