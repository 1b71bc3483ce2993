#include <fairlead/relay/requests.hpp>

namespace fairlead::relay {
namespace {

bool read_texts(PayloadReader& from, std::vector<std::string_view>& texts) {
  const int count = from.u16();
  for (int i = 0; i < count && from.ok(); ++i) {
    const auto text = from.text();
    if (text.find('\0') != text.npos) return false;
    texts.push_back(text);
  }
  return from.ok();
}

void write_texts(PayloadWriter& to, const std::vector<std::string_view>& texts) {
  to.u16(static_cast<std::uint16_t>(texts.size()));
  for (const auto text : texts) to.text(text);
}

bool fits(const TcpPlace& place) {
  switch (place.kind) {
    case HostKind::name:
      return !place.host.empty() && place.host.find('\0') == place.host.npos;
    case HostKind::v4:
      return place.host.size() == 4;
    case HostKind::v6:
      return place.host.size() == 16;
  }
  return false;
}

}  // namespace

bool read(PayloadReader from, TcpPlace& place) {
  place.credit = from.u32();
  place.netns = from.u64();
  place.port = from.u16();
  place.kind = static_cast<HostKind>(from.u8());
  place.host = from.text();
  return from.complete() && fits(place);
}

bool read(PayloadReader from, UnixPlace& place) {
  place.credit = from.u32();
  place.path = from.text();
  return from.complete() && place.path.find('\0') == place.path.npos;
}

bool read(PayloadReader from, RunRequest& request) {
  request.credit = from.u32();
  request.error_channel = from.u32();
  request.rows = from.u16();
  request.columns = from.u16();
  request.folder = from.text();
  return read_texts(from, request.words) && read_texts(from, request.environment) &&
         from.complete() && !request.words.empty() &&
         request.folder.find('\0') == request.folder.npos;
}

void write(PayloadWriter& to, const TcpPlace& place) {
  to.u32(place.credit).u64(place.netns).u16(place.port);
  to.u8(static_cast<std::uint8_t>(place.kind)).text(place.host);
}

void write(PayloadWriter& to, const UnixPlace& place) { to.u32(place.credit).text(place.path); }

void write(PayloadWriter& to, const RunRequest& request) {
  to.u32(request.credit).u32(request.error_channel).u16(request.rows).u16(request.columns);
  to.text(request.folder);
  write_texts(to, request.words);
  write_texts(to, request.environment);
}

}  // namespace fairlead::relay
