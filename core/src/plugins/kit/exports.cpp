#include "plugins/kit/exports.hpp"

#include "plugins/kit/check.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

namespace fairlead::kit {

namespace {

template <class T>
T at(const std::string& file, std::size_t offset) {
  T value{};
  if (offset > file.size() || file.size() - offset < sizeof value) {
    throw Broken("its ELF file is cut off");
  }
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

bool is_offered(const Elf64_Sym& symbol) {
  const auto binding = ELF64_ST_BIND(symbol.st_info);
  const bool visible = ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT;
  // What is absolute is the name of a version, which the linker adds.
  return symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS && binding != STB_LOCAL &&
         visible && symbol.st_name != 0;
}

std::string name_at(const std::string& file, const Elf64_Shdr& names, Elf64_Word offset) {
  const auto begin = names.sh_offset + offset;
  if (begin >= file.size()) throw Broken("its ELF file is cut off");
  return {file.data() + begin, ::strnlen(file.data() + begin, file.size() - begin)};
}

}  // namespace

std::vector<std::string> exported_symbols(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(stream)), {});
  if (!stream.good() && file.empty()) throw Broken("it cannot be read: " + path);
  const auto header = at<Elf64_Ehdr>(file, 0);
  const auto section = [&](std::size_t index) {
    return at<Elf64_Shdr>(file, header.e_shoff + index * header.e_shentsize);
  };
  std::vector<std::string> names;
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const auto table = section(i);
    if (table.sh_type != SHT_DYNSYM) continue;
    const auto strings = section(table.sh_link);
    for (std::size_t each = 0; each < table.sh_size / sizeof(Elf64_Sym); ++each) {
      const auto symbol = at<Elf64_Sym>(file, table.sh_offset + each * sizeof(Elf64_Sym));
      if (is_offered(symbol)) names.push_back(name_at(file, strings, symbol.st_name));
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace fairlead::kit
