#include <curl/curl.h>

/* curl_easy_setopt(3) and curl_easy_getinfo(3) are variadic, and so not imported into Swift. */

static inline CURLcode curl_set_number(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode curl_set_list(CURL *curl, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(curl, option, list);
}

static inline CURLcode curl_set_error_buffer(CURL *curl, char *buffer) {
  return curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, buffer);
}

static inline CURLcode curl_set_writer(CURL *curl, curl_write_callback function, void *context) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, function);
  return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_WRITEDATA, context) : code;
}

static inline CURLcode curl_get_number(CURL *curl, CURLINFO info, long *value) {
  return curl_easy_getinfo(curl, info, value);
}

static inline CURLcode curl_get_offset(CURL *curl, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(curl, info, value);
}

static inline CURLcode curl_get_text(CURL *curl, CURLINFO info, char **value) {
  return curl_easy_getinfo(curl, info, value);
}

static inline CURLcode curl_set_reader(CURL *curl, curl_read_callback function, void *context) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_READFUNCTION, function);
  return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_READDATA, context) : code;
}

static inline CURLcode curl_set_listener(CURL *curl, curl_debug_callback function, void *context) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, function);
  return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_DEBUGDATA, context) : code;
}

static inline CURLcode curl_set_offset(CURL *curl, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(curl, option, value);
}
