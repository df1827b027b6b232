/* Debian's libpng and libjpeg-turbo as one program: a file on standard input, its planes on standard output.
 *
 *   decoders png           RGBA, 8 bits: samples of 16 bits are rounded, tRNS is alpha
 *   decoders jpeg          the components, neither upsampled nor converted
 *   decoders rgb           RGB of a JPEG of one or three components
 *   decoders coefficients  the components as dequantized coefficients, 64 numbers of 32 bits for each block
 *
 * A plane is its width and height as numbers of 32 bits, and its values. Exit 0 if the file was decoded, 1 if not.
 * Warnings and errors go to standard error. */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) {
    fputs("no memory\n", stderr);
    exit(1);
  }
  return memory;
}

static void put_size(uint32_t width, uint32_t height) {
  fwrite(&width, 4, 1, stdout);
  fwrite(&height, 4, 1, stdout);
}

static void decode_png(void) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct(png);
  /* libpng has printed the error. */
  if (setjmp(png_jmpbuf(png)))
    exit(1);
  png_init_io(png, stdin);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, 255, PNG_FILLER_AFTER);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  size_t row_bytes = png_get_rowbytes(png, info);
  png_byte *samples = allocate(height, row_bytes);
  png_bytep *rows = allocate(height, sizeof *rows);
  for (uint32_t y = 0; y < height; y++)
    rows[y] = samples + y * row_bytes;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  put_size(4 * width, height);
  fwrite(samples, row_bytes, height, stdout);
}

static void end_with_message(j_common_ptr jpeg) {
  jpeg->err->output_message(jpeg);
  exit(1);
}

/* libjpeg-turbo itself prints only the first warning. */
static void print_warning(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->num_warnings++ < 8)
    jpeg->err->output_message(jpeg);
}

static void decode_components(j_decompress_ptr jpeg) {
  jpeg->raw_data_out = TRUE;
  jpeg->out_color_space = jpeg->jpeg_color_space;
  jpeg->do_block_smoothing = FALSE;
  jpeg_start_decompress(jpeg);
  int mcu_rows = jpeg->max_v_samp_factor * DCTSIZE;
  size_t mcus = (jpeg->output_height + mcu_rows - 1) / mcu_rows;
  JSAMPARRAY planes[MAX_COMPONENTS];
  for (int i = 0; i < jpeg->num_components; i++) {
    jpeg_component_info *component = &jpeg->comp_info[i];
    size_t rows = mcus * component->v_samp_factor * DCTSIZE;
    /* Padded to whole MCUs. */
    size_t stride = ((size_t)component->width_in_blocks + component->h_samp_factor) * DCTSIZE;
    JSAMPLE *samples = allocate(rows, stride);
    planes[i] = allocate(rows, sizeof *planes[i]);
    for (size_t y = 0; y < rows; y++)
      planes[i][y] = samples + y * stride;
  }
  while (jpeg->output_scanline < jpeg->output_height) {
    size_t mcu = jpeg->output_scanline / mcu_rows;
    JSAMPARRAY parts[MAX_COMPONENTS];
    for (int i = 0; i < jpeg->num_components; i++)
      parts[i] = planes[i] + mcu * jpeg->comp_info[i].v_samp_factor * DCTSIZE;
    if (!jpeg_read_raw_data(jpeg, parts, mcu_rows))
      exit(1);
  }
  for (int i = 0; i < jpeg->num_components; i++) {
    jpeg_component_info *component = &jpeg->comp_info[i];
    put_size(component->downsampled_width, component->downsampled_height);
    for (size_t y = 0; y < component->downsampled_height; y++)
      fwrite(planes[i][y], 1, component->downsampled_width, stdout);
  }
  jpeg_finish_decompress(jpeg);
}

static void decode_rgb(j_decompress_ptr jpeg) {
  if (jpeg->num_components > 3) {
    fputs("more than three components\n", stderr);
    exit(1);
  }
  jpeg->out_color_space = JCS_RGB;
  jpeg->do_block_smoothing = FALSE;
  jpeg_start_decompress(jpeg);
  put_size(3 * jpeg->output_width, jpeg->output_height);
  JSAMPROW row = allocate(jpeg->output_width, 3);
  while (jpeg->output_scanline < jpeg->output_height) {
    jpeg_read_scanlines(jpeg, &row, 1);
    fwrite(row, 3, jpeg->output_width, stdout);
  }
  jpeg_finish_decompress(jpeg);
}

static void decode_coefficients(j_decompress_ptr jpeg) {
  jvirt_barray_ptr *components = jpeg_read_coefficients(jpeg);
  for (int i = 0; i < jpeg->num_components; i++) {
    jpeg_component_info *component = &jpeg->comp_info[i];
    /* The steps at the time of the first scan of the component. */
    JQUANT_TBL *steps = component->quant_table;
    if (!steps) {
      fputs("a component without a scan\n", stderr);
      exit(1);
    }
    put_size(component->width_in_blocks, component->height_in_blocks);
    for (JDIMENSION y = 0; y < component->height_in_blocks; y++) {
      JBLOCKARRAY row = jpeg->mem->access_virt_barray((j_common_ptr)jpeg, components[i], y, 1, FALSE);
      for (JDIMENSION x = 0; x < component->width_in_blocks; x++) {
        int32_t block[DCTSIZE2];
        for (int k = 0; k < DCTSIZE2; k++)
          block[k] = row[0][x][k] * (int32_t)steps->quantval[k];
        fwrite(block, sizeof block, 1, stdout);
      }
    }
  }
  jpeg_finish_decompress(jpeg);
}

static void decode_jpeg(void (*decode)(j_decompress_ptr)) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  errors.error_exit = end_with_message;
  errors.emit_message = print_warning;
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, stdin);
  jpeg_read_header(&jpeg, TRUE);
  decode(&jpeg);
}

int main(int count, char **arguments) {
  const char *what = count == 2 ? arguments[1] : "";
  if (!strcmp(what, "png"))
    decode_png();
  else if (!strcmp(what, "jpeg"))
    decode_jpeg(decode_components);
  else if (!strcmp(what, "rgb"))
    decode_jpeg(decode_rgb);
  else if (!strcmp(what, "coefficients"))
    decode_jpeg(decode_coefficients);
  else {
    fputs("usage: decoders png|jpeg|rgb|coefficients < FILE\n", stderr);
    return 2;
  }
  return 0;
}
