#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fairlead::server {

/// How the end of a body is known.
struct BodyKind {
  enum class End { at_once, after_bytes, by_chunks, with_connection };
  End end = End::at_once;
  std::uint64_t bytes = 0;  ///< of `after_bytes`
};

/// Finds the end of a body in what comes in; the bytes themselves pass through unchanged.
class BodyEnd {
 public:
  explicit BodyEnd(BodyKind kind = {});

  /// How many bytes from the begin of `text` belong to the body.
  std::size_t take(std::string_view text);
  bool reached() const { return reached_; }
  /// These are no chunks: where the body ends will never be known.
  bool faulty() const { return faulty_; }
  bool with_connection() const { return kind_.end == BodyKind::End::with_connection; }

 private:
  enum class Part { size, extension, data, data_end, trailer };
  void take_byte(char c);
  void take_size(char c);
  void end_size();

  BodyKind kind_;
  std::uint64_t left_ = 0;
  Part part_ = Part::size;
  int digits_ = 0;
  bool line_empty_ = true;  ///< of the trailer
  bool reached_ = false;
  bool faulty_ = false;
};

}  // namespace fairlead::server
