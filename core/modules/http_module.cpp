#include "features/http_table.hpp"

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <strings.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

// The table over libcurl. The variables of this process have no say here: proxies and certificates
// come with the call, because the caller may serve somebody else.
namespace fairlead {
namespace {

using Clock = std::chrono::steady_clock;

struct Client {
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
};

struct Running {
  const HttpCall* call;
  const HttpSink* sink;
  std::string* tls_fault;
  Clock::time_point active = Clock::now();
  curl_off_t moved = 0;
};

bool start_libraries() {
  static const bool started = ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

/// TLS writes with write(2): a peer that is gone would end the process.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~NoSigpipe() {
    const timespec now{};
    while (!was_pending_ && sigtimedwait(&set_, nullptr, &now) == SIGPIPE) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t set_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

// Reading the system's certificates takes longer than a request, so each set is read once.
struct Stores {
  std::mutex mutex;
  std::map<std::string, X509_STORE*> by_files;
};

Stores& stores() {
  static auto* const all = new Stores;  // outlives every thread
  return *all;
}

bool load_files(X509_STORE* store, const HttpCall& call, std::string& fault) {
  if (call.system_authorities && X509_STORE_set_default_paths(store) != 1) return false;
  for (std::size_t i = 0; i < call.authority_count; ++i) {
    if (X509_STORE_load_file(store, call.authorities[i]) == 1) continue;
    fault = std::string("no certificates can be read from ") + call.authorities[i];
    return false;
  }
  return true;
}

X509_STORE* store_for(const HttpCall& call, std::string& fault) {
  std::string key = call.system_authorities ? "system" : "";
  for (std::size_t i = 0; i < call.authority_count; ++i)
    key += std::string("\n") + call.authorities[i];
  const std::lock_guard lock(stores().mutex);
  auto& store = stores().by_files[key];
  if (store != nullptr) return store;
  X509_STORE* fresh = X509_STORE_new();
  if (fresh == nullptr) return nullptr;
  const bool loaded = load_files(fresh, call, fault);
  ERR_clear_error();
  if (!loaded) {
    X509_STORE_free(fresh);
    return nullptr;
  }
  store = fresh;
  return store;
}

CURLcode trust(CURL* /*easy*/, void* context, void* self) {
  auto& running = *static_cast<Running*>(self);
  X509_STORE* store = store_for(*running.call, *running.tls_fault);
  if (store == nullptr) return CURLE_SSL_CACERT_BADFILE;
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), store);
  return CURLE_OK;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& running = *static_cast<Running*>(self);
  running.active = Clock::now();
  return running.sink->header(running.sink->context, data, size * count) ? size * count : 0;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& running = *static_cast<Running*>(self);
  running.active = Clock::now();
  return running.sink->body(running.sink->context, data, size * count) ? size * count : 0;
}

int note_progress(void* self, curl_off_t /*total*/, curl_off_t down, curl_off_t /*all*/,
                  curl_off_t up) {
  auto& running = *static_cast<Running*>(self);
  if (down + up != running.moved) running.active = Clock::now();
  running.moved = down + up;
  return running.call->stop->load() ? 1 : 0;
}

void set_tls(CURL* easy, const HttpCall& call, Running& running) {
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, trust);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &running);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (call.certificate[0] == '\0') return;
  curl_easy_setopt(easy, CURLOPT_SSLCERT, call.certificate);
  curl_easy_setopt(easy, CURLOPT_SSLKEY, call.key);
}

void set_method(CURL* easy, const HttpCall& call) {
  const std::string method = call.method;
  if (method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (call.body != nullptr) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body_size));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method);
}

void set_up(CURL* easy, const HttpCall& call, Running& running, curl_slist* headers) {
  curl_easy_reset(easy);  // keeps the connections
  curl_easy_setopt(easy, CURLOPT_URL, call.url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_PROXY, call.proxy);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, call.connect_ms);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, call.total_ms);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &running);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &running);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, note_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &running);
  set_method(easy, call);
  set_tls(easy, call, running);
}

int result_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return http_done;
    case CURLE_WRITE_ERROR:
    case CURLE_ABORTED_BY_CALLBACK:
      return http_stopped;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return http_no_connection;
    case CURLE_SSL_CONNECT_ERROR:
      return http_no_tls;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
      return http_tls;
    case CURLE_OPERATION_TIMEDOUT:
      return http_timeout;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return http_cut;
    default:
      return http_failed;
  }
}

constexpr auto stalled = CURLcode(CURL_LAST + 1);

CURLcode finished(CURLM* multi) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) return message->data.result;
  }
  return CURLE_FAILED_INIT;
}

// Until the call ends, is stopped, or nothing moved for too long.
CURLcode drive(const Client& client, const Running& running) {
  const std::chrono::milliseconds stall(running.call->stall_ms);
  for (;;) {
    int alive = 0;
    if (curl_multi_perform(client.multi, &alive) != CURLM_OK) return CURLE_FAILED_INIT;
    if (alive == 0) return finished(client.multi);
    if (running.call->stop->load()) return CURLE_ABORTED_BY_CALLBACK;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(running.active + stall -
                                                                            Clock::now());
    if (left.count() <= 0) return stalled;
    curl_multi_poll(client.multi, nullptr, 0, static_cast<int>(std::min<long>(left.count(), 1000)),
                    nullptr);
  }
}

bool names_type(const HttpCall& call) {
  for (std::size_t i = 0; i < call.header_count; ++i) {
    if (::strncasecmp(call.headers[i], "content-type:", 13) == 0) return true;
  }
  return false;
}

void* open_client() {
  auto client = std::unique_ptr<Client>(new (std::nothrow) Client);
  if (!client || !start_libraries()) return nullptr;
  client->multi = curl_multi_init();
  client->easy = curl_easy_init();
  if (client->multi != nullptr && client->easy != nullptr) return client.release();
  if (client->multi != nullptr) curl_multi_cleanup(client->multi);
  if (client->easy != nullptr) curl_easy_cleanup(client->easy);
  return nullptr;
}

int perform(void* self, const HttpCall* call, const HttpSink* sink, char* message,
            std::size_t message_size) {
  auto& client = *static_cast<Client*>(self);
  const NoSigpipe quiet;
  std::string tls_fault;
  Running running{.call = call, .sink = sink, .tls_fault = &tls_fault};
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_slist* headers = nullptr;
  // libcurl would call every body a form and wait for leave to send a large one.
  if (call->body != nullptr) headers = curl_slist_append(headers, "Expect:");
  if (!names_type(*call)) headers = curl_slist_append(headers, "Content-Type:");
  for (std::size_t i = 0; i < call->header_count; ++i) {
    headers = curl_slist_append(headers, call->headers[i]);
  }
  set_up(client.easy, *call, running, headers);
  curl_easy_setopt(client.easy, CURLOPT_ERRORBUFFER, detail.data());
  curl_multi_add_handle(client.multi, client.easy);
  const auto code = drive(client, running);
  curl_multi_remove_handle(client.multi, client.easy);
  curl_easy_setopt(client.easy, CURLOPT_ERRORBUFFER, nullptr);
  curl_slist_free_all(headers);
  if (code == stalled) {
    std::snprintf(message, message_size, "nothing arrived for %ld ms", call->stall_ms);
    return http_timeout;
  }
  const char* text = detail[0] != '\0' ? detail.data() : curl_easy_strerror(code);
  std::snprintf(message, message_size, "%s", tls_fault.empty() ? text : tls_fault.c_str());
  return result_of(code);
}

void wake(void* self) { curl_multi_wakeup(static_cast<Client*>(self)->multi); }

void close_client(void* self) {
  auto* client = static_cast<Client*>(self);
  curl_easy_cleanup(client->easy);
  curl_multi_cleanup(client->multi);
  delete client;
}

}  // namespace
}  // namespace fairlead

extern "C" __attribute__((visibility("default"))) const fairlead::HttpTable fairlead_http;
const fairlead::HttpTable fairlead_http = {fairlead::http_table_version, fairlead::open_client,
                                           fairlead::perform, fairlead::wake,
                                           fairlead::close_client};
