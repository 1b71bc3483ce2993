// The C functions: no exception leaves, and nothing else happens here.
#include "engine.hpp"

#include <fairlead/fairlead.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

namespace {

char* copy_of(const std::string& text) {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

}  // namespace

const char* fairlead_version(void) { return FAIRLEAD_VERSION; }

fairlead_engine* fairlead_open(fairlead_message_fn on_message, void* user, const char* executable) {
  try {
    return new fairlead_engine(on_message, user, executable == nullptr ? "" : executable);
  } catch (const std::exception&) {
    return nullptr;
  }
}

int fairlead_send(fairlead_engine* engine, const char* message, size_t size) {
  if (engine == nullptr || message == nullptr) return -1;
  try {
    engine->send(std::string(message, size));
    return 0;
  } catch (const std::exception&) {
    return -1;
  }
}

char* fairlead_call(fairlead_engine* engine, const char* method, const char* params,
                    int timeout_ms) {
  if (engine == nullptr || method == nullptr) return nullptr;
  try {
    std::optional<std::chrono::milliseconds> most;
    if (timeout_ms >= 0) most = std::chrono::milliseconds(timeout_ms);
    return copy_of(engine->call(method, params == nullptr ? "{}" : params, most));
  } catch (const std::exception&) {
    return nullptr;
  }
}

void fairlead_free(char* answer) { std::free(answer); }

void fairlead_close(fairlead_engine* engine) { delete engine; }
