#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4), fed in pieces. Our own, because loading libcrypto costs more than every
/// hash that a command on the hot path computes.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view data);
  /// Ends the computation; call once.
  Sha256Digest finish();

 private:
  void add_block(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> pending_{};
  std::size_t pending_size_ = 0;
  std::uint64_t total_ = 0;
};

Sha256Digest sha256(std::string_view data);

/// Lower-case hexadecimal, 64 characters.
std::string sha256_hex(std::string_view data);
std::string to_hex(const Sha256Digest& digest);

/// The 256-bit number in base 32 with the digits 0-9a-v, padded with 0 to 52 characters, as
/// `devcontainerId` wants it (VAR-012).
std::string to_base32(const Sha256Digest& digest);

}  // namespace fairlead
