// A good plugin by another compiler and another C++ library: nothing of C++ crosses the boundary,
// so it does not matter.
#include "raw_plugin.h"

#include <unistd.h>

#include <map>
#include <stdexcept>
#include <string>

namespace {

bool refused(const fairlead_call* call, fairlead_str request) {
  for (size_t i = 0; i < call->fd_count; ++i) ::close(call->fds[i]);
  const std::string text(request.data, request.size);
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') return false;
  const std::string why = R"({"code":"wire.malformed","message":"not an object"})";
  call->done(call, FAIRLEAD_INVALID, {why.data(), why.size()}, nullptr, 0);
  return true;
}

void probe(void*, fairlead_str request, const fairlead_call* call) {
  if (refused(call, request)) return;
  std::string engine;
  try {
    throw std::runtime_error("libc++");  // its own, thrown and caught on its own ground
  } catch (const std::exception& caught) {
    engine = caught.what();
  }
  const std::map<std::string, std::string> members{{"engine", engine}, {"version", "14"}};
  std::string body = "{";
  for (const auto& [name, value] : members) {
    body += (body.size() == 1 ? "\"" : ",\"") + name + "\":\"" + value + '"';
  }
  body += '}';
  call->done(call, FAIRLEAD_OK, {body.data(), body.size()}, nullptr, 0);
}

fairlead_backend table() {
  fairlead_backend made{};
  made.size = sizeof made;
  made.probe = probe;
  return made;
}
const fairlead_backend raw_backend = table();

}  // namespace

RAW_PLUGIN("libcxx");
