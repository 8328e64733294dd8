// libcurl's easy interface. Its calls that take any number of arguments are wrapped by type, which
// is the only way Swift can make them.
#include <curl/curl.h>
#include <string.h>

typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(handle, option, list);
}

static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

// The content to send; NULL with a size of 0 for none.
static inline CURLcode ccurl_set_content(CURL *handle, const void *content) {
    return curl_easy_setopt(handle, CURLOPT_POSTFIELDS, content ? content : "");
}

static inline CURLcode ccurl_set_receiver(CURL *handle, CURLoption option,
                                          ccurl_receiver receiver) {
    return curl_easy_setopt(handle, option, receiver);
}

// Called several times a second; what is not 0 ends the request.
typedef int (*ccurl_watcher)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode ccurl_set_watcher(CURL *handle, ccurl_watcher watcher, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    return code;
}

static inline long ccurl_status(CURL *handle) {
    long status = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0;
}

// Frees a list whose texts may hold credentials.
static inline void ccurl_wipe_list(struct curl_slist *list) {
    for (struct curl_slist *item = list; item; item = item->next) {
        explicit_bzero(item->data, strlen(item->data));
    }
    curl_slist_free_all(list);
}
