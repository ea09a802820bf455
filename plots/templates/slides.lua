-- SPDX-License-Identifier: GPL-3.0-or-later
-- On a slide the picture takes all the room; its sentence stands inside it already, and
-- stays as what is told to those who cannot see it.
function Image(image)
  image.title = pandoc.utils.stringify(image.caption)
  image.caption = {}
  return image
end
