// What a client of the server may send: frames, messages, parameters.
#include "base64.hpp"
#include "framing.hpp"
#include "message.hpp"

#include <fairlead/error.hpp>

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fairlead::rpc;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FrameReader frames;
  try {
    // In two pieces: a frame may end anywhere.
    frames.append(text.substr(0, size / 2));
    while (frames.next()) {
    }
    frames.append(text.substr(size / 2));
    while (const auto body = frames.next()) {
      auto message = read_message(*body);
      if (const auto* request = std::get_if<Request>(&message)) string_map(request->params);
    }
  } catch (const fairlead::Error&) {
  }
  auto message = read_message(text);
  if (const auto* request = std::get_if<Request>(&message)) {
    number_member(request->params, "rows", 1);
    string_map(member_text(request->params, "environment"));
    string_list(member_text(request->params, "workspaceFolders"));
    bytes_of(string_member(request->params, "data"));
  }
  return 0;
}
