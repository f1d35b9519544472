// People, one a line, to an Alma <users> document on stdout: simdjson, and libxml2's xmlTextWriter for every element.
//
// usage: to_xml_simdjson_writer --today YYYY-MM-DD [FILE]

#include "people.hpp"

#include <libxml/xmlwriter.h>

static xmlTextWriterPtr writer;

static const xmlChar *xml(const char *text) { return reinterpret_cast<const xmlChar *>(text); }

static void check(int result) {
  if (result < 0) fail("cannot write XML");
}

static void start(const char *name) { check(xmlTextWriterStartElement(writer, xml(name))); }
static void end() { check(xmlTextWriterEndElement(writer)); }

static void attribute(const char *name, const char *value) { check(xmlTextWriterWriteAttribute(writer, xml(name), xml(value))); }

static void element(const char *name, string_view value) {
  if (value.empty()) return;
  // xmlTextWriter wants a terminating zero.
  static std::string text;
  text.assign(value);
  check(xmlTextWriterWriteElement(writer, xml(name), xml(text.c_str())));
}

static void typed(const char *name, const char *type, const char *description) {
  start(name);
  attribute("desc", description);
  check(xmlTextWriterWriteString(writer, xml(type)));
  end();
}

static void start_external(const char *name, const char *preferred = nullptr) {
  start(name);
  if (preferred) attribute("preferred", preferred);
  attribute("segment_type", "External");
}

static void write_address(const Person &person, int first, bool is_preferred, const char *type, const char *description) {
  static const char *names[] = {"line1", "line2", "line3", "line4", "city", "state_province", "postal_code", "country"};
  start_external("address", is_preferred ? "true" : "false");
  for (int part = 0; part < 8; part++) element(names[part], person[first + part]);
  start("address_types");
  typed("address_type", type, description);
  end();
  end();
}

static void write_email(string_view address, const char *type, const char *description) {
  start("emails");
  start_external("email", "true");
  element("email_address", address);
  start("email_types");
  typed("email_type", type, description);
  end();
  end();
  end();
}

static void write_contact(const Person &person) {
  bool is_undergraduate = person.is_undergraduate();
  int first = is_undergraduate ? dormitory_address : campus_address;
  int second = is_undergraduate ? permanent_address : home_address;
  bool has_first = !person[first].empty(), has_second = !person[second].empty();
  if (!has_first && !has_second && person[campus_email].empty() && person[home_email].empty()) return;
  start("contact_info");
  if (has_first || has_second) {
    start("addresses");
    if (has_first) write_address(person, first, true, is_undergraduate ? "school" : "work", is_undergraduate ? "School" : "Work");
    if (has_second) write_address(person, second, !has_first, "home", "Home");
    end();
  }
  if (!person[campus_email].empty())
    write_email(person[campus_email], "work", "Work");
  else if (!person[home_email].empty())
    write_email(person[home_email], "personal", "Personal");
  end();
}

static void write_identifier(string_view value, const char *type, const char *description) {
  if (value.empty()) return;
  start_external("user_identifier");
  element("value", value);
  typed("id_type", type, description);
  element("status", "ACTIVE");
  end();
}

static void write_identifiers(const Person &person) {
  if (person[barcode].empty() && person[campus_id].empty()) return;
  start("user_identifiers");
  write_identifier(person[barcode], "BARCODE", "Barcode");
  write_identifier(person[campus_id], "NET_ID", "NetID");
  end();
}

static void write_statistics(string_view category) {
  if (category.empty()) return;
  std::string text(category);
  start("user_statistics");
  start_external("user_statistic");
  typed("statistic_category", text.c_str(), text.c_str());
  end();
  end();
}

static void write_user(const Person &person, string_view today) {
  start("user");
  element("expiry_date", person.expiry_date(today));
  element("purge_date", person[purge]);
  element("status", person.status());
  write_statistics(person[category]);
  element("user_group", person.user_group());
  element("primary_id", person[emplid]);
  element("first_name", person[first_name]);
  element("last_name", person[last_name]);
  element("middle_name", person[middle_name]);
  write_contact(person);
  write_identifiers(person);
  end();
  check(xmlTextWriterWriteRaw(writer, xml("\n")));
}

int main(int count, char **arguments) {
  Options options(count, arguments);
  writer = xmlNewTextWriter(xmlOutputBufferCreateFd(STDOUT_FILENO, nullptr));
  if (!writer) fail("cannot write XML");
  check(xmlTextWriterStartDocument(writer, nullptr, "UTF-8", nullptr));
  start("users");
  check(xmlTextWriterWriteRaw(writer, xml("\n")));
  for_each_person(options.file, [&](const Person &person) { write_user(person, options.today); });
  check(xmlTextWriterEndDocument(writer));
  xmlFreeTextWriter(writer);
}
