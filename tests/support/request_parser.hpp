#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::test {

/// Cuts a client's byte stream into HTTP/1.1 requests: heads are found, bodies (by length or in
/// chunks) skipped. After a request that takes the connection over, everything belongs to it.
class RequestParser {
 public:
  /// The first lines, as "POST /v1.41/containers/create?name=x", of the requests whose heads are
  /// complete with these bytes.
  std::vector<std::string> feed(std::string_view bytes);

 private:
  enum class State { head, body, chunk_size, chunk, trailer, taken_over };

  bool advance(std::vector<std::string>& found);
  bool read_head(std::vector<std::string>& found);
  bool read_chunk_size();
  bool skip_body();
  bool take_line(std::string& line);

  State state_ = State::head;
  std::string pending_;
  std::size_t remaining_ = 0;
};

}  // namespace fairlead::test
